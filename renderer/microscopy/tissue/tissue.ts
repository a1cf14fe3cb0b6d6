import { GroundLattice, createAnatomy } from './anatomy.ts';
import { drawGround, drawVessels, stampStroma, stampSurface } from './connective.ts';
import { Glands, drawGland } from './glands.ts';
import { StainedTile } from './stain.ts';
import type { TileArea } from './stain.ts';

/**
 * Tissue that nobody was operated for: a bowel wall cut across, stained with haematoxylin and eosin, with a small
 * tumour in its mucosa. 20.8 × 15.4 mm, the same for the same seed, drawn tile by tile at whatever scale is asked.
 */
export interface Tissue {
  /** Pixels as RGBA, row by row. */
  draw(area: TileArea): Uint8ClampedArray<ArrayBuffer>;
}

export function createTissue(seed: number): Tissue {
  const anatomy = createAnatomy(seed);
  return {
    draw: (area) => {
      const tile = new StainedTile(area);
      // A margin, because nuclei beyond the border reach into the tile.
      const margin = 12;
      const lattice = new GroundLattice(
        anatomy,
        area.xUm - margin,
        area.yUm - margin,
        area.widthPixels * area.micrometresPerPixel + 2 * margin,
        area.heightPixels * area.micrometresPerPixel + 2 * margin,
      );
      drawGround(tile, lattice);
      drawVessels(tile, anatomy);
      const glands = new Glands(anatomy, area);
      for (const gland of glands.all) drawGland(tile, gland);
      stampStroma(tile, lattice, glands, seed);
      stampSurface(tile, anatomy);
      return tile.toPixels();
    },
  };
}
