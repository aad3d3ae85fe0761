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
export const CONV_TAIL_COUNT = 8; // smaller tiles behind the others, where the kernel has them
export const CONV_BLOCK = 9; // tiles that all panels compute before any computes the next ones
export const CONV_WORDS = 10;

export const PANEL_WEIGHTS = 0;
export const PANEL_BIAS = 1;
export const PANEL_RUNS = 2;
export const PANEL_RUN_COUNT = 3;
export const PANEL_CHANNEL = 4; // byte offset of the first filter within a pixel
export const PANEL_FILTERS = 5; // how many filters are stored
export const PANEL_HALF_RUN_COUNT = 6; // of each half: their runs follow the panel's
export const PANEL_SQUARE = 7; // channels and filters of a class where both are 1 or 2; else 0
export const PANEL_WORDS = 8;

export const RUN_OFFSET = 0; // bytes from the pixel to the first channel read
export const RUN_BYTES = 1; // 4 x channels
export const RUN_WEIGHTS = 2; // bytes from the panel's weights to those of the run
export const RUN_WORDS = 3;

// Packing of weights: one word for each of some filters, channel by channel, tap by tap, panel by panel.
export const PACK_SOURCE = 0;
export const PACK_TARGET = 1;
export const PACK_LANES = 2; // filters
export const PACK_LANE = 3; // source bytes from filter to filter
export const PACK_CHANNELS = 4;
export const PACK_CHANNEL = 5; // source bytes from channel to channel
export const PACK_STEP = 6; // target bytes from channel to channel
export const PACK_TAPS = 7;
export const PACK_TAP_SOURCE = 8; // source bytes from tap to tap
export const PACK_TAP_TARGET = 9; // target bytes from tap to tap
export const PACK_PANEL_SOURCE = 10; // source bytes from panel to panel
export const PACK_PANEL_TARGET = 11; // target bytes from panel to panel
export const PACK_WORDS = 12;

// Widening of 16-bit floats.
export const WIDEN_SOURCE = 0;
export const WIDEN_TARGET = 1;
export const WIDEN_WORDS = 2;

// Winograd's transforms of input and output: assembly/f32/winograd.ts draws the layout.
export const WINOGRAD_IMAGE = 0; // what the tiles' offsets count from
export const WINOGRAD_TRANSFORMED = 1;
export const WINOGRAD_TILES = 2;
export const WINOGRAD_TILE = 3; // bytes from tile to tile at one position
export const WINOGRAD_POSITION = 4; // bytes from position to position
export const WINOGRAD_ROW = 5; // bytes from row to row of the image
export const WINOGRAD_PIXEL = 6; // bytes from pixel to pixel
export const WINOGRAD_CHANNELS = 7;
export const WINOGRAD_SCRATCH = 8; // 64 bytes for each position, 64-byte aligned
export const WINOGRAD_BIAS = 9; // from here on: of the output only
export const WINOGRAD_RESIDUAL = 10; // 0: none
export const WINOGRAD_RESIDUAL_ROW = 11;
export const WINOGRAD_RESIDUAL_PIXEL = 12;
export const WINOGRAD_MIN = 13; // f32
export const WINOGRAD_MAX = 14; // f32
export const WINOGRAD_WORDS = 15;

export const WINOGRAD_TILE_INPUT = 0; // bytes to its first input pixel
export const WINOGRAD_TILE_OUTPUT = 1; // bytes to its first output pixel
export const WINOGRAD_TILE_RESIDUAL = 2;
export const WINOGRAD_TILE_ROWS = 3; // of its outputs, those inside the picture
export const WINOGRAD_TILE_COLUMNS = 4;
export const WINOGRAD_TILE_WORDS = 5;

// Winograd's transform of weights.
export const WEIGHTS_SOURCE = 0;
export const WEIGHTS_TARGET = 1;
export const WEIGHTS_POSITION = 2; // bytes from position to position
export const WEIGHTS_SCRATCH = 3; // 288 bytes, 16-byte aligned
export const WEIGHTS_WORDS = 4;

// Strided copy of up to 6 axes, outermost first; strides in bytes.
export const COPY_SOURCE = 0;
export const COPY_TARGET = 1;
export const COPY_SIZES = 2; // 6 words
export const COPY_SOURCE_STRIDES = 8; // 6 words
export const COPY_TARGET_STRIDES = 14; // 6 words
export const COPY_WORDS = 20;

// The same with axis 5 of the source read through a table of byte offsets; axis 5 of the target has unit stride.
export const GATHER_OFFSETS = COPY_WORDS;
export const GATHER_WORDS = COPY_WORDS + 1;

// Zeroing of byte ranges: a table of (address, bytes).
export const ZERO_RANGES = 0;
export const ZERO_WORDS = 1;

// Depthwise convolution: weights and bias by panels of 4 channels; assembly/f32/depthwise.ts says what TILES and TAPS are.
export const DEPTHWISE_INPUT = 0;
export const DEPTHWISE_OUTPUT = 1;
export const DEPTHWISE_RESIDUAL = 2; // 0: none
export const DEPTHWISE_TILES = 3;
export const DEPTHWISE_TAPS = 4; // of the kernel for any taps
export const DEPTHWISE_TAP_COUNT = 5;
export const DEPTHWISE_WEIGHTS = 6;
export const DEPTHWISE_BIAS = 7;
export const DEPTHWISE_CHANNELS = 8;
export const DEPTHWISE_STEP = 9; // output bytes from channel to channel
export const DEPTHWISE_MIN = 10; // f32
export const DEPTHWISE_MAX = 11; // f32
export const DEPTHWISE_INPUT_PIXEL = 12; // bytes from pixel to pixel along a row; from here on: of the kernels for rows only
export const DEPTHWISE_OUTPUT_PIXEL = 13;
export const DEPTHWISE_RESIDUAL_PIXEL = 14;
export const DEPTHWISE_TAP_ROW = 15; // input bytes from a row of taps to the next
export const DEPTHWISE_TAP_COLUMNS = 16; // taps of a row
export const DEPTHWISE_WORDS = 17;

// Pooling: windows clipped at the border by two tables of spans.
export const POOL_INPUT = 0;
export const POOL_OUTPUT = 1;
export const POOL_ROWS = 2; // one span for each output row of the batch
export const POOL_COLUMNS = 3; // one span for each output column
export const POOL_COLUMN_COUNT = 4;
export const POOL_CHANNELS = 5;
export const POOL_TAP_ROW = 6; // bytes from tap to tap, down
export const POOL_TAP_COLUMN = 7; // bytes from tap to tap, right
export const POOL_WORDS = 8;

export const SPAN_INPUT = 0; // bytes to the first tap inside the picture
export const SPAN_OUTPUT = 1; // bytes to the output row or pixel
export const SPAN_TAPS = 2;
export const SPAN_DIVISOR = 3; // f32
export const SPAN_WORDS = 4;

// Reductions, arg max and softmax: for each position of the outer axes the `along` axes are walked; outermost first, strides in bytes.
export const REDUCE_INPUT = 0;
export const REDUCE_OUTPUT = 1;
export const REDUCE_OUTER = 2; // 4 sizes
export const REDUCE_OUTER_INPUT = 6; // 4 strides
export const REDUCE_OUTER_OUTPUT = 10; // 4 strides
export const REDUCE_ALONG = 14; // 4 sizes
export const REDUCE_ALONG_INPUT = 18; // 4 strides
export const REDUCE_ALONG_OUTPUT = 22; // of the innermost
export const REDUCE_LANES = 23; // positions of the axis that outer axis 3 cuts into blocks
export const REDUCE_LANE_OUTPUT = 24; // output bytes from lane to lane
export const REDUCE_DIVISOR = 25; // f32
export const REDUCE_KEEP = 26; // the bits of each element that count: all but the sign for magnitudes
export const REDUCE_FLIP = 27; // bits flipped in each element and in the result: the sign makes a maximum a minimum
export const REDUCE_LAST = 28; // of arg max: all bits where the last of equals counts, none where the first does
export const REDUCE_WORDS = 29;

// Local response normalisation of pixels: up to 4 axes of them, outermost first, strides in bytes.
export const LRN_INPUT = 0;
export const LRN_OUTPUT = 1;
export const LRN_SIZES = 2; // 4 words
export const LRN_INPUT_STRIDES = 6; // 4 words
export const LRN_OUTPUT_STRIDES = 10; // 4 words
export const LRN_CHANNELS = 14;
export const LRN_BEFORE = 15; // neighbours that count, before
export const LRN_AFTER = 16; // and after the channel
export const LRN_SCALE = 17; // f32
export const LRN_BIAS = 18; // f32
export const LRN_POWER = 19; // f32
export const LRN_WORDS = 20;

// Products of matrices: up to 4 axes of batches, outermost first; strides in bytes.
export const MATMUL_A = 0;
export const MATMUL_B = 1;
export const MATMUL_OUTPUT = 2;
export const MATMUL_BATCH = 3; // 4 sizes
export const MATMUL_A_BATCH = 7; // 4 strides
export const MATMUL_B_BATCH = 11; // 4 strides
export const MATMUL_OUTPUT_BATCH = 15; // 4 strides
export const MATMUL_ROWS = 19;
export const MATMUL_DEPTH = 20;
export const MATMUL_COLUMNS = 21;
export const MATMUL_A_ROW = 22;
export const MATMUL_A_DEPTH = 23;
export const MATMUL_B_DEPTH = 24;
export const MATMUL_OUTPUT_ROW = 25;
export const MATMUL_OUTPUT_COLUMN = 26;
export const MATMUL_WORDS = 27;

// The best of the lines along an axis: up to 5 axes of lines, outermost first; strides in bytes.
export const TOPK_INPUT = 0;
export const TOPK_VALUES = 1;
export const TOPK_INDICES = 2;
export const TOPK_HEAP = 3;
export const TOPK_SIZES = 4; // 5 words
export const TOPK_INPUT_STRIDES = 9; // 5 words
export const TOPK_VALUE_STRIDES = 14; // 5 words
export const TOPK_INDEX_STRIDES = 19; // 5 words
export const TOPK_COUNT = 24; // elements of a line
export const TOPK_K = 25;
export const TOPK_FLIP = 26; // 0: the greatest; -1: the smallest
export const TOPK_INPUT_STEP = 27;
export const TOPK_VALUE_STEP = 28;
export const TOPK_INDEX_STEP = 29;
export const TOPK_WORDS = 30;

// Non-maximum suppression; strides in bytes.
export const NMS_BOXES = 0;
export const NMS_BOX_BATCH = 1;
export const NMS_BOX_STEP = 2; // from box to box
export const NMS_COORDINATE_STEP = 3;
export const NMS_SCORES = 4;
export const NMS_SCORE_BATCH = 5;
export const NMS_SCORE_CLASS = 6;
export const NMS_SCORE_STEP = 7; // from box to box
export const NMS_BATCHES = 8;
export const NMS_CLASSES = 9;
export const NMS_COUNT = 10; // boxes of a picture
export const NMS_MOST = 11; // boxes that may stay in a class
export const NMS_OVERLAP_THRESHOLD = 12; // f32
export const NMS_SCORE_THRESHOLD = 13; // f32
export const NMS_CENTERS = 14; // 1: boxes are centre and size; 0: two corners
export const NMS_OUTPUT = 15;
export const NMS_HEAP = 16;
export const NMS_WORDS = 17;

// Resizing: two tables of samples.
export const RESIZE_INPUT = 0;
export const RESIZE_OUTPUT = 1;
export const RESIZE_ROWS = 2; // one sample for each output row of the batch
export const RESIZE_COLUMNS = 3; // one sample for each output column
export const RESIZE_COLUMN_COUNT = 4;
export const RESIZE_CHANNELS = 5;
export const RESIZE_ROW_STEP = 6; // input bytes from row to row
export const RESIZE_COLUMN_STEP = 7;
export const RESIZE_WORDS = 8;

export const SAMPLE_OUTPUT = 0; // bytes to the output row or pixel
export const SAMPLE_FIRST = 1; // bytes to the input row or pixel at or before the point
export const SAMPLE_SECOND = 2; // bytes to the one after it
export const SAMPLE_WEIGHT = 3; // f32: weight of the second, 0…1
export const SAMPLE_COUNT = 2; // of a window: how many rows or pixels from the first on
export const SAMPLE_WEIGHTS = 3; // of a window: address of their weights
export const SAMPLE_WORDS = 4;

// Pictures on their way into a network: assembly/u8/picture.ts draws it. Channels are in the order red, green, blue, alpha.
export const PICTURE_STRIP = 0;
export const PICTURE_STRIP_ROW = 1; // bytes from row to row
export const PICTURE_STRIP_FIRST = 2; // the row of the picture with which the strip begins
export const PICTURE_STRIP_ROWS = 3;
export const PICTURE_COLUMNS = 4; // taps of each output column
export const PICTURE_ROWS = 5; // taps of each output row
export const PICTURE_WIDTH = 6; // output columns
export const PICTURE_NARROW = 7;
export const PICTURE_NARROW_ROW = 8; // bytes from row to row, a multiple of 16; those of the sums are 4 times as far apart
export const PICTURE_SUMS = 9; // zero before the first strip
export const PICTURE_LEVELS = 10; // 256 f32 for each of red, green and blue
export const PICTURE_PLANES = 11; // 3 words: the first output element of red, green and blue
export const PICTURE_PLANE_ROW = 14; // bytes from row to row
export const PICTURE_WORDS = 15;

/** Fractional bits of the weights of taps. */
export const PICTURE_FRACTION = 22;

export const TAPS_START = 0; // the first input sample
export const TAPS_COUNT = 1;
export const TAPS_WEIGHTS = 2; // bytes from the first entry of the table to the weights
export const TAPS_WORDS = 3;

// Element-wise functions of one or two operands, up to 6 axes, outermost first; strides in bytes.
export const ROWS_A = 0;
export const ROWS_B = 1;
export const ROWS_OUTPUT = 2;
export const ROWS_SIZES = 3; // 6 words
export const ROWS_A_STRIDES = 9; // 6 words
export const ROWS_B_STRIDES = 15; // 6 words
export const ROWS_OUTPUT_STRIDES = 21; // 6 words
export const ROWS_FIRST = 27; // f32: clamp minimum or alpha
export const ROWS_SECOND = 28; // f32: clamp maximum or beta
export const ROWS_FUNCTION = 29; // one of FUNCTION_…, of f32_function
export const ROWS_WORDS = 30;

// What f32_function computes. Of two operands:
export const FUNCTION_POW = 0;
export const FUNCTION_MIN = 1;
export const FUNCTION_MAX = 2;
// Of one, which is then both:
export const FUNCTION_EXP = 3;
export const FUNCTION_LOG = 4;
export const FUNCTION_SQRT = 5;
export const FUNCTION_ABS = 6;
export const FUNCTION_NEG = 7;
export const FUNCTION_RECIPROCAL = 8;
export const FUNCTION_ERF = 9;
export const FUNCTION_SOFTPLUS = 10;
export const FUNCTION_SOFTSIGN = 11;
export const FUNCTION_FLOOR = 12;
export const FUNCTION_CEIL = 13;
export const FUNCTION_ROUND = 14;
export const FUNCTION_SIGN = 15;
export const FUNCTION_TO_INT = 16; // towards zero, saturating; NaN gives 0
export const FUNCTION_FROM_INT = 17;

// What f32_peak computes with; four lanes each.
export const PEAK_FACTOR = 0; // 4 words
export const PEAK_ADDEND = 4; // 4 words
export const PEAK_RESULT = 8; // 4 words
export const PEAK_WORDS = 12;
/** Chains of multiply-adds, each of four lanes. */
export const PEAK_CHAINS = 12;
