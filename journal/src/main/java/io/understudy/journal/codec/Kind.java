package io.understudy.journal.codec;

import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;

/** The kind byte. 5 and 6 are not used. */
enum Kind {
  PIECE(1) {
    @Override
    Body decode(ByteReader in, PieceCodec pieces) {
      return pieces.decode(in);
    }
  },
  HEARTBEAT(2) {
    @Override
    Body decode(ByteReader in, PieceCodec pieces) {
      return new Body.Heartbeat();
    }
  },
  MARKER(3) {
    @Override
    Body decode(ByteReader in, PieceCodec pieces) {
      return new Body.Marker(in.text());
    }
  },
  SEAL(4) {
    @Override
    Body decode(ByteReader in, PieceCodec pieces) {
      return new Body.Seal(new DatabaseName(in.text()));
    }
  };

  static final Body.Handler<Kind> OF_BODY =
      new Body.Handler<>() {
        @Override
        public Kind piece(Body.Piece piece) {
          return PIECE;
        }

        @Override
        public Kind heartbeat(Body.Heartbeat heartbeat) {
          return HEARTBEAT;
        }

        @Override
        public Kind marker(Body.Marker marker) {
          return MARKER;
        }

        @Override
        public Kind seal(Body.Seal seal) {
          return SEAL;
        }
      };

  private static final Kind[] ALL = values();

  private final int code;

  Kind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  abstract Body decode(ByteReader in, PieceCodec pieces);

  static Kind of(int code) {
    for (Kind kind : ALL) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new Malformed(3, "records of kind " + code + " are unknown");
  }
}
