/** What can stop the local engine or the deployment to it. Tests and callers hold the code, never the wording. */
export type LocalErrorCode =
  | 'ENGINE_NOT_INSTALLED'
  | 'PORT_TAKEN'
  | 'ENGINE_DEAD'
  | 'ENGINE_SILENT'
  | 'ENDPOINT_REFUSED'
  | 'ENDPOINT_UNFIT'
  | 'DISK_FULL'
  | 'CDK_FAILED';

/** The message is one line that names the thing and the remedy; commands print it and exit 3. */
export class LocalError extends Error {
  readonly code: LocalErrorCode;
  constructor(code: LocalErrorCode, line: string, options?: ErrorOptions) {
    super(line.replace(/\s+/g, ' '), options);
    this.code = code;
    this.name = code;
  }
}
