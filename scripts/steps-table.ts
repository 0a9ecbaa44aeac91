/** Writes the table of steps into README.md. `node dist/scripts/steps-table.js` */
import { readFileSync, writeFileSync } from 'node:fs';
import { withStepsTable } from '../src/report/steps-table.ts';

writeFileSync('README.md', withStepsTable(readFileSync('README.md', 'utf8')));
