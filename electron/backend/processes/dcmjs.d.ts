// dcmjs ships no typings; only what is used is described.
declare module 'dcmjs' {
  export const data: {
    readonly DicomMetaDictionary: {
      readonly nameMap: Readonly<Record<string, { readonly tag?: unknown } | undefined>>;
      readonly dictionary: Readonly<Record<string, { readonly vr?: string; readonly name?: string }>>;
    };
  };
}
