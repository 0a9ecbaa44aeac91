/** conda, mamba and micromamba: recognised, and left as they are. */
import { pythonEcosystem } from '../python/ecosystem.ts';

export const conda = pythonEcosystem('conda', 'conda');
