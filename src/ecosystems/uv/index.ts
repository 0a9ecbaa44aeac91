/** uv. */
import { pythonEcosystem } from '../python/ecosystem.ts';

export const uv = pythonEcosystem('uv', 'uv');
