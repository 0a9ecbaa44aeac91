/** Pipenv. */
import { pythonEcosystem } from '../python/ecosystem.ts';

export const pipenv = pythonEcosystem('pipenv', 'Pipenv');
