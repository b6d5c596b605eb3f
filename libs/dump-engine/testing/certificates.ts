import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'];

/** Files of a certificate and its key. */
export interface CertificateFiles {
  certificate: string;
  key: string;
}

/**
 * Makes a certificate with the machine's `openssl`.
 * @param folder where its files go
 * @param name of the files, and of whom it is for
 * @param authority who signs it; left out: it is an authority itself
 * @param hosts as in `subjectAltName`, such as `IP:127.0.0.1`
 */
export async function makeCertificate(
  folder: string,
  name: string,
  authority?: CertificateFiles,
  hosts = `DNS:${name}`,
): Promise<CertificateFiles> {
  const made = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const signed =
    authority === undefined
      ? ['-addext', 'basicConstraints=critical,CA:TRUE']
      : ['-CA', authority.certificate, '-CAkey', authority.key, '-addext', `subjectAltName=${hosts}`];
  const files = ['-keyout', made.key, '-out', made.certificate];
  await promisify(execFile)('openssl', ['req', '-x509', ...NEW_KEY, '-subj', `/CN=${name}`, ...signed, ...files]);
  return made;
}
