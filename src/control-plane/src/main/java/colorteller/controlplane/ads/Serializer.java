package colorteller.controlplane.ads;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Messages → resources as they are sent, each with a version that is a hash of its bytes: so the
 * version is the same in every process. What several proxies are told is one object.
 */
final class Serializer {

  // 128 bits tell any number of resources apart.
  private static final int VERSION_BYTES = 16;

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
              throw new IllegalStateException("Every Java has SHA-256", e);
            }
          });

  private record Content(String name, ByteString bytes, String with) {}

  private final Map<Content, Resource> done = new ConcurrentHashMap<>();

  /** The bytes of a message, the same in every process. */
  static ByteString bytes(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("Memory takes all bytes", e);
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /**
   * A resource.
   *
   * @param with what else its version covers; empty text for nothing
   */
  Resource resource(ResourceType type, String name, ByteString bytes, String with) {
    return done.computeIfAbsent(
        new Content(name, bytes, with),
        content ->
            Resource.newBuilder()
                .setName(name)
                .setVersion(version(bytes, with))
                .setResource(Any.newBuilder().setTypeUrl(type.typeUrl()).setValue(bytes))
                .build());
  }

  private static String version(ByteString bytes, String with) {
    MessageDigest digest = SHA_256.get();
    digest.update(with.getBytes(StandardCharsets.US_ASCII));
    digest.update(bytes.asReadOnlyByteBuffer());
    return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
  }

  /** A version of some text. */
  static String version(String text) {
    return version(ByteString.copyFromUtf8(text), "");
  }
}
