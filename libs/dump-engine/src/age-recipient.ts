import { Encrypter } from 'age-encryption';

/** An X25519 recipient: the kind that every version of age opens (age-encryption.org/v1, "The X25519 recipient type"). */
const FORM = /^age1[02-9ac-hj-np-z]{58}$/;

/**
 * Whether files can be encrypted to a recipient: of the right form, with a right checksum, and a point on the curve that
 * a key can be agreed on with. The last is only known by doing it, which takes a millisecond.
 */
export async function isAgeRecipient(text: string): Promise<boolean> {
  if (!FORM.test(text)) return false;
  try {
    const encrypter = new Encrypter();
    encrypter.addRecipient(text);
    await encrypter.encrypt('');
    return true;
  } catch {
    return false;
  }
}
