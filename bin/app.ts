import { App } from 'aws-cdk-lib';
import { RescindError } from '#core/error';
import { RescindStack } from '#lib/rescind-stack';
import { readSettings } from '#lib/settings';

const { RESCIND_SETTINGS, CDK_OUTDIR, CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;

try {
  const settings = readSettings(RESCIND_SETTINGS);
  const app = new App({ outdir: CDK_OUTDIR ?? 'cdk.out', analyticsReporting: false });
  new RescindStack(app, 'Rescind', { settings, ...(account && region && { env: { account, region } }) });
  app.synth();
} catch (error) {
  if (!(error instanceof RescindError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
