/** Property tests draw the same examples in every run, so that a failure is there for everybody; `FC_SEED=random` looks further. */
import fc from 'fast-check';

const wish = process.env.FC_SEED ?? '20261120';
if (wish !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wish) });
