/** Writes `docs/reasons.md`: every reason that is not a transform's own. `node dist/scripts/reasons-page.js` */
import { writeFileSync } from 'node:fs';
import { reasonTables } from '../src/reason-tables.ts';
import { reasonsPage } from '../src/report/reasons-page.ts';

writeFileSync('docs/reasons.md', reasonsPage(reasonTables));
