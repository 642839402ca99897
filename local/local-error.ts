/** What can stop the local engine or the deployment to it. Tests and callers hold the code, never the wording. */
export type LocalErrorCode =
  | 'ENGINE_NOT_INSTALLED'
  | 'PORT_TAKEN'
  | 'ENGINE_DEAD'
  | 'ENGINE_SILENT'
  | 'ENDPOINT_REFUSED'
  | 'ENDPOINT_UNFIT'
  | 'DISK_FULL'
  | 'NOT_WRITABLE'
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

export const diskFull = (): LocalError =>
  new LocalError('DISK_FULL', 'the disk is full: free about 1 GB and run this again');

/** An error of our own file operations as one line with its remedy; any other error as it is. */
export function explained(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
      return diskFull();
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LocalError('NOT_WRITABLE', `cannot write ${path}: make it writable for this user and run this again`);
    case 'EEXIST':
    case 'ENOTDIR':
      return new LocalError('NOT_WRITABLE', `${path} is no folder: take it away and run this again`);
    default:
      return error;
  }
}
