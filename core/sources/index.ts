export { accessanalyzer } from './accessanalyzer.ts';
export { cloudtrail } from './cloudtrail.ts';
export { guardduty } from './guardduty.ts';
export { health } from './health.ts';
export { secretsmanager } from './secretsmanager.ts';
export { securityhub } from './securityhub.ts';
