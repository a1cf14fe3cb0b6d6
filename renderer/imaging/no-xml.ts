// Stands in for xmlbuilder2; see renderer/vite.config.ts.
function refuse(): never {
  throw new Error('XML meshes are not supported');
}

export const create = refuse;
export const builder = refuse;
export const fragment = refuse;
