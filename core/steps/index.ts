export { assignOwner } from './assign-owner.ts';
export { close } from './close.ts';
export { contain } from './contain.ts';
export { park } from './park.ts';
export { revoke } from './revoke.ts';
export { rotate } from './rotate.ts';
export { triage } from './triage.ts';
export { verify } from './verify.ts';
