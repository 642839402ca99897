/**
 * Stands in for the SDK's chain of credential providers in the bundles (see `lib/bundle.ts`). A Lambda has its role's
 * credentials in the environment (Lambda Developer Guide, "Defined runtime environment variables"); the rest of the
 * chain (profiles, SSO, instance metadata) is 80 KB that could only find an identity that is not the function's.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_SESSION_TOKEN)
    throw new Error('the environment holds no credentials of a role: this code runs as a Lambda only');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
};
