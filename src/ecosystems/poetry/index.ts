/** Poetry. */
import { pythonEcosystem } from '../python/ecosystem.ts';

export const poetry = pythonEcosystem('poetry', 'Poetry');
