export { guardduty } from './guardduty.ts';
