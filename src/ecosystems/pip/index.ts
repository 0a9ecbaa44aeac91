/** pip, and Python started without any tool. */
import { pythonEcosystem } from '../python/ecosystem.ts';

export const pip = pythonEcosystem('pip', 'pip');
