import { describe, expect, it } from 'vitest';
import { controlOf } from '#core/sources/securityhub-control';

describe('the id of a control', () => {
  it.each([
    'security-control/IAM.8',
    'aws-foundational-security-best-practices/v/1.0.0/IAM.8',
    'nist-800-53/v/5.0.0/IAM.8',
    'service-managed-aws-control-tower/v/1.0.0/SH.IAM.8',
    'pci-dss/v/3.2.1/PCI.IAM.7',
    'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.3',
    'PCI.IAM.7',
    'IAM.8',
  ])('is one, whatever standard reports it: %s (trap 16)', (generator) => {
    expect(controlOf(generator)).toBe('IAM.8');
  });

  it.each([
    ['cis-aws-foundations-benchmark/v/1.4.0/1.14', 'IAM.3'],
    ['cis-aws-foundations-benchmark/v/1.4.0/1.12', 'IAM.22'],
    ['arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.12', 'IAM.4'],
    ['arn:aws-cn:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.4', 'IAM.3'],
    ['nist-800-53/v/5.0.0/SecretsManager.4', 'SecretsManager.4'],
    ['security-control/secretsmanager.1', 'SecretsManager.1'],
  ])('is that of the version of the standard: %s', (generator, id) => {
    expect(controlOf(generator)).toBe(id);
  });

  it.each([
    'security-control/S3.4',
    'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/3.1',
    'cis-aws-foundations-benchmark/v/9.9.9/1.3',
    'IAM.8/x',
    'IAM.',
    'MYIAM.8',
    'IAM.8888',
    '__proto__',
    'constructor',
    '',
  ])('is none for %j', (generator) => {
    expect(controlOf(generator)).toBeNull();
  });

  it('is the first that is told', () => {
    expect(controlOf(undefined, 7, 'IAM.5', 'security-control/IAM.3')).toBe('IAM.5');
  });
});
