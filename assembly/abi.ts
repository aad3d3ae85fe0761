// Word offsets (4 bytes each) of the parameter records, read by the kernels and written by src/ops.

// Convolutions as run lists: assembly/f32/conv.ts draws the layout.
export const CONV_INPUT = 0;
export const CONV_OUTPUT = 1;
export const CONV_RESIDUAL = 2; // 0: none
export const CONV_TILES = 3;
export const CONV_TILE_COUNT = 4;
export const CONV_PANELS = 5;
export const CONV_MIN = 6; // f32
export const CONV_MAX = 7; // f32
export const CONV_WORDS = 8;

export const PANEL_WEIGHTS = 0;
export const PANEL_BIAS = 1;
export const PANEL_RUNS = 2;
export const PANEL_RUN_COUNT = 3;
export const PANEL_CHANNEL = 4; // byte offset of the first filter within a pixel
export const PANEL_FILTERS = 5; // how many filters are stored
export const PANEL_WORDS = 6;

export const RUN_OFFSET = 0; // bytes from the pixel to the first channel read
export const RUN_BYTES = 1; // 4 x channels
export const RUN_WORDS = 2;

// Strided copy of up to 6 axes, outermost first; strides in bytes.
export const COPY_SOURCE = 0;
export const COPY_TARGET = 1;
export const COPY_SIZES = 2; // 6 words
export const COPY_SOURCE_STRIDES = 8; // 6 words
export const COPY_TARGET_STRIDES = 14; // 6 words
export const COPY_WORDS = 20;

// Zeroing of byte ranges: a table of (address, bytes).
export const ZERO_RANGES = 0;
export const ZERO_WORDS = 1;
