export { accessanalyzer } from './accessanalyzer.ts';
export { auth0 } from './auth0.ts';
export { cloudtrail } from './cloudtrail.ts';
export { guardduty } from './guardduty.ts';
export { health } from './health.ts';
export { okta } from './okta.ts';
export { secretsmanager } from './secretsmanager.ts';
export { securityhub } from './securityhub.ts';
