export { roleTag } from './role-tag.ts';
export { secretTag } from './secret-tag.ts';
export { userTag } from './user-tag.ts';
