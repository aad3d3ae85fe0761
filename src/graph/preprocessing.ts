// How a picture becomes the input of a network: what a model file states and src/image carries out.

export interface Preprocessing {
  /** Height and width of the network's input, in pixels. */
  readonly size: readonly [number, number];
  /** 'stretch' ignores the aspect ratio; 'crop' scales the shorter side to fit, then cuts out the centre. */
  readonly fit: 'stretch' | 'crop';
  /** 'bilinear' is antialiased: its support grows with the reduction. */
  readonly resize: 'bilinear' | 'nearest';
  /** Per channel, in `colorOrder`; a channel becomes (pixel / 255 - mean) / std. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly colorOrder: 'RGB' | 'BGR';
}
