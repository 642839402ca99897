export { cloudtrail } from './cloudtrail.ts';
export { guardduty } from './guardduty.ts';
