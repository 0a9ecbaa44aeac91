import { defineReasons } from '../../reason.ts';

export const jarReasons = defineReasons('jar', {
  'no-install': 'no dependencies are installed here',
} as const);
