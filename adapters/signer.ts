import { createPublicKey, verify } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { sha256 } from '#core/digest';
import { RescindError } from '#core/error';
import type { Signer } from '#core/ports';
import { clientSettings, send } from './client.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new KMSClient(clientSettings);

/** The KMS signing key (ECC_NIST_P256). The private key never leaves KMS; asked by key ARN, which is what roles grant. */
export function kmsSigner(keyArn: string, kms = shared): Signer & { pem(): Promise<string> } {
  let spki: Promise<Uint8Array> | undefined;
  const publicKey = () => {
    spki ??= send('kms:GetPublicKey', () => kms.send(new GetPublicKeyCommand({ KeyId: keyArn }))).then(
      ({ PublicKey }) => {
        if (!PublicKey) throw new RescindError('ANSWER_UNEXPECTED', 'kms:GetPublicKey without a key');
        return PublicKey;
      },
    );
    return spki;
  };
  return {
    keyid: async () => sha256(await publicKey()),
    async pem() {
      const lines = Buffer.from(await publicKey())
        .toString('base64')
        .replace(/.{64}(?!$)/g, '$&\n');
      return `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
    },
    async verify(bytes, signature) {
      const key = createPublicKey({ key: Buffer.from(await publicKey()), format: 'der', type: 'spki' });
      return verify('sha256', bytes, key, signature);
    },
    async sign(digest) {
      if (digest.length !== 32) throw new RescindError('ANSWER_UNEXPECTED', 'a SHA-256 digest has 32 bytes');
      const { Signature } = await send('kms:Sign', () =>
        kms.send(
          new SignCommand({ KeyId: keyArn, Message: digest, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' }),
        ),
      );
      if (!Signature) throw new RescindError('ANSWER_UNEXPECTED', 'kms:Sign without a signature');
      return Signature;
    },
  };
}
