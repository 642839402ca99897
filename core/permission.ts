/**
 * What a piece of the product may do: an IAM action and the thing it is done to. `lib/permissions.ts` alone turns
 * these into statements, with the resource, the condition and the guards that belong to each `on`.
 */
export interface Permission {
  action: `${string}:${string}`;
  on:
    | 'user'
    | 'role'
    | 'policy'
    | 'managed-user'
    | 'managed-secret'
    | 'listing'
    | 'register'
    | 'evidence'
    | 'signer'
    | 'machine'
    | 'control'
    | 'topic'
    /** The queue of what was pushed to us over HTTP, and the rows of the register that remember it. */
    | 'received'
    | 'received-rows'
    /** The secret that settings.github names; nothing where none is set. */
    | 'webhook-secret'
    /** The one-time schedules that have a closed case looked at again, and the role that they call with. */
    | 'look-schedule'
    /** The bucket that settings.trail names; nothing where none is set. */
    | 'trail';
}
