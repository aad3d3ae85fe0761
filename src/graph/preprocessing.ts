// How a picture becomes the input of a network: what a model file states and src/image carries out.

export interface Preprocessing {
  /** Height and width of the network's input, in pixels. */
  readonly size: readonly [number, number];
  /**
   * 'stretch' ignores the aspect ratio; 'crop' scales the picture until it covers the input, then cuts out the centre;
   * 'letterbox' scales it until it fits inside, and fills the rest.
   */
  readonly fit: 'stretch' | 'crop' | 'letterbox';
  /** 'crop' only: the shorter side has so many pixels before the cut, at least the larger of `size`. Absent: the least that covers. */
  readonly shorterSide?: number;
  /** 'letterbox' only: where the picture lies in the input, and red, green and blue (0…255) of the rest. */
  readonly placement?: 'center' | 'topLeft';
  readonly fill?: readonly [number, number, number];
  /** 'bilinear' is antialiased: its support grows with the reduction. */
  readonly resize: 'bilinear' | 'nearest';
  /** Per channel, in `colorOrder`; a channel becomes (pixel / 255 - mean) / std. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly colorOrder: 'RGB' | 'BGR';
}
