// Adds up the JSON reports of the suites: `N passed, N failed[, N skipped]`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory] = process.argv.slice(2);
const reports = readdirSync(directory).map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const broken = reports.reduce((total, report) => total + report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length, 0);
const failed = sum('numFailedTests') + broken;
const skipped = sum('numPendingTests');
console.log(`${sum('numPassedTests')} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exit(failed === 0 && reports.length > 0 ? 0 : 1);
