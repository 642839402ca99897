import { listAccessKeys } from '#core/facts/look-up';
import type { Action, UserTarget } from './action.ts';

const statusOf = ({ user, keyId }: UserTarget) => user.keys.find(({ id }) => id === keyId)?.status ?? null;

/**
 * Makes a long-term key unusable. Deactivated, never deleted: deletion cannot be undone and waits for the owner.
 * It does not touch sessions that the key has issued (IAM User Guide, "Disabling permissions for temporary security
 * credentials"); `deny-user-sessions` does.
 */
export const deactivateAccessKey: Action = {
  name: 'deactivate-access-key',
  cuts: 'access-key',
  permissions: [{ action: 'iam:UpdateAccessKey', on: 'user' }],
  proofPermissions: [{ action: 'iam:ListAccessKeys', on: 'user' }],

  before: (target: UserTarget) => ({ status: statusOf(target) }),
  isDone: (target: UserTarget) => statusOf(target) === 'Inactive',

  async run({ user, keyId }: UserTarget, aws) {
    await aws('iam:UpdateAccessKey', { UserName: user.name, AccessKeyId: keyId, Status: 'Inactive' });
    return { status: 'Inactive' };
  },

  async readBack({ user, keyId }: UserTarget, aws) {
    const keys = await listAccessKeys(user.name, aws);
    const status = keys.find(({ id }) => id === keyId)?.status;
    return status === 'Inactive' || status === undefined
      ? { result: 'passed', reason: status ? 'ListAccessKeys shows it Inactive' : 'ListAccessKeys no longer shows it' }
      : { result: 'failed', reason: `ListAccessKeys shows it ${status}` };
  },

  undoPermissions: [],
  undo: async () => ({ outcome: 'kept', reason: 'a key that was compromised is never switched on again' }),
};
