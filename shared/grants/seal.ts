/** Makes and checks message authentication codes with a key that only operators have. */
export interface Seal {
  /** The code of a text, in hexadecimal. */
  mac(text: string): Promise<string>;
  /** Whether the code is that of the text. Takes as long for any code that is not. */
  isGenuine(text: string, mac: string): Promise<boolean>;
}
