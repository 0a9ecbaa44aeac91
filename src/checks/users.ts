import type { Reading } from '../reading/reading.ts';
import { type Check, checkReasons } from './check.ts';

/** A USER that a step brings in exists: a number, a user of the base image, or one that a RUN of the stage creates. */
export const userExists: Check = ({ before, after }) => {
  const user = after.contract.user;
  if (user === undefined || user === before.contract.user) return undefined;
  const name = user.split(':')[0] ?? user;
  if (/^\d+$/.test(name) || name === 'root' || userKnown(after, name)) return undefined;
  return checkReasons.explain('user-unknown', { user: name });
};

export function userKnown(reading: Reading, name: string): boolean {
  if (reading.base?.users.some((one) => one.name === name) === true) return true;
  return reading.commands.some(
    (command) =>
      command.position.stage === reading.stage && command.work.role === 'user' && command.argv.includes(name),
  );
}
