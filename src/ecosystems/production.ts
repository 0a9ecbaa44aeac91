/** What keeps an ecosystem from saying that a program may run as in production. */
import { defineReasons } from '../reason.ts';

export const productionReasons = defineReasons('production', {
  'switches-configuration': {
    says: '{where} may be chosen by {name}, and the program would then run with another configuration',
    settle: 'write `ENV {name}={value}` yourself once that configuration is the right one',
  },
} as const);
