export { iamAccessKey } from './iam-access-key.ts';
