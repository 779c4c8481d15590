package colorteller.controlplane.ads;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one stream of an Envoy knows of one type: what the Envoy asks for, what it has, and the one
 * response that it has not answered yet. Whoever changes meanwhile is sent after the answer,
 * merged.
 */
final class Subscription {

  /** A response that has been sent: what it gives, by name and version, and what it takes away. */
  private record Sent(String nonce, Map<String, String> given, Set<String> removed) {}

  /** What an Envoy has refused. */
  record Refused(String name, String version, String reason, Instant at) {}

  private static final String EVERYTHING = "*";

  /** So much an Envoy may ask for, or say that it has: many times what a mesh can have. */
  static final int MOST_NAMES = 10_000;

  static final int MOST_NAME_CHARACTERS = 1000;
  static final int MOST_REASON_CHARACTERS = 4096;

  private final ResourceType type;
  private boolean begun;
  private boolean wildcard;
  // An Envoy that has nothing waits for a first answer, even if that is empty.
  private boolean waits;
  private final Set<String> names = new HashSet<>();
  private final Map<String, String> held = new HashMap<>();
  // To be sent whatever the Envoy has.
  private final Set<String> anew = new HashSet<>();
  private final Map<String, Refused> refused = new LinkedHashMap<>();
  // Of a response that was refused as a whole: parts to be sent one after the other.
  private final Deque<List<String>> parts = new ArrayDeque<>();
  private @Nullable Sent pending;
  // All of this has been acknowledged, and nothing has happened since.
  private @Nullable Map<String, Resource> complete;
  private long nonces;

  Subscription(ResourceType type) {
    this.type = type;
  }

  /**
   * Takes what an Envoy asks and answers.
   *
   * @return the resource that it refuses
   * @throws StatusRuntimeException if it asks for more than anybody needs
   */
  Optional<Refused> take(DeltaDiscoveryRequest request) {
    complete = null;
    if (!begun) {
      request
          .getInitialResourceVersionsMap()
          .forEach((name, version) -> held.put(sparing(name), sparing(version)));
      wildcard = type.isWildcard() && request.getResourceNamesSubscribeCount() == 0;
      waits = wildcard && held.isEmpty();
    }
    for (String name : request.getResourceNamesSubscribeList()) {
      if (name.equals(EVERYTHING)) {
        wildcard = true;
        waits = held.isEmpty();
      } else {
        names.add(sparing(name));
        if (begun || !held.containsKey(name)) {
          anew.add(name);
        }
      }
    }
    begun = true;
    for (String name : request.getResourceNamesUnsubscribeList()) {
      if (name.equals(EVERYTHING)) {
        wildcard = false;
      } else {
        names.remove(name);
      }
    }
    if (request.getResourceNamesUnsubscribeCount() > 0) {
      anew.removeIf(name -> !asksFor(name));
      held.keySet().removeIf(name -> !asksFor(name));
      refused.keySet().removeIf(name -> !asksFor(name));
    }
    int most = Math.max(names.size(), held.size());
    if (most > MOST_NAMES) {
      throw tooMuch("%d resources".formatted(most));
    }
    Sent sent = pending;
    if (sent == null || !sent.nonce().equals(request.getResponseNonce())) {
      return Optional.empty();
    }
    pending = null;
    return request.hasErrorDetail()
        ? refuse(sent, reason(request.getErrorDetail().getMessage().strip()))
        : accept(sent);
  }

  private static String reason(String said) {
    return said.length() <= MOST_REASON_CHARACTERS
        ? said
        : said.substring(0, MOST_REASON_CHARACTERS);
  }

  /** What others say is kept, so nobody may say just anything. */
  private String sparing(String text) {
    if (text.length() > MOST_NAME_CHARACTERS) {
      throw tooMuch("a name or version of %d characters".formatted(text.length()));
    }
    return text;
  }

  private StatusRuntimeException tooMuch(String what) {
    return Status.RESOURCE_EXHAUSTED
        .withDescription(
            "A stream asks for %s of type %s; allowed are %d resources, and %d characters for a name or version"
                .formatted(what, type, MOST_NAMES, MOST_NAME_CHARACTERS))
        .asRuntimeException();
  }

  private Optional<Refused> accept(Sent sent) {
    sent.given()
        .forEach(
            (name, version) -> {
              refused.remove(name);
              if (asksFor(name)) {
                held.put(name, version);
              }
            });
    held.keySet().removeAll(sent.removed());
    return Optional.empty();
  }

  /** An Envoy refuses a response as a whole: in halves, it says which resource it means. */
  private Optional<Refused> refuse(Sent sent, String reason) {
    List<String> given = List.copyOf(sent.given().keySet());
    if (given.size() > 1) {
      int half = given.size() / 2;
      parts.addFirst(given.subList(half, given.size()));
      parts.addFirst(given.subList(0, half));
      anew.addAll(given);
      return Optional.empty();
    }
    // It has let go of what it cannot take away as well: there is nothing else to tell it.
    held.keySet().removeAll(sent.removed());
    return sent.given().entrySet().stream()
        .findFirst()
        .map(
            resource -> {
              Refused one =
                  new Refused(resource.getKey(), resource.getValue(), reason, Instant.now());
              refused.put(one.name(), one);
              return one;
            });
  }

  private boolean asksFor(String name) {
    return wildcard || names.contains(name);
  }

  boolean isPending() {
    return pending != null;
  }

  /** Sends resources again, whatever the Envoy has, if it asks for them. */
  void sendAnew(Collection<String> resources) {
    resources.stream().filter(this::asksFor).forEach(anew::add);
  }

  /** What the Envoy refuses of what it is to hold. */
  Collection<Refused> refused(Map<String, Resource> desired) {
    if (!refused.isEmpty()) {
      refused
          .values()
          .removeIf(
              one -> {
                Resource resource = desired.get(one.name());
                return resource == null || !resource.getVersion().equals(one.version());
              });
    }
    return refused.values();
  }

  /**
   * What is to be sent now, if anything is, removals left out. It counts as sent.
   *
   * @param onlyNew leave alone what the Envoy has already
   */
  Optional<DeltaDiscoveryResponse> next(Snapshot snapshot, boolean onlyNew) {
    Map<String, Resource> desired = snapshot.of(type);
    if (pending != null || (desired == complete && anew.isEmpty())) {
      return Optional.empty();
    }
    while (true) {
      @Nullable List<String> part = parts.poll();
      DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder();
      for (String name : part != null ? part : wildcard ? desired.keySet() : names) {
        Resource resource = desired.get(name);
        if (resource == null) {
          // Whoever asks for what there is not is told so.
          if (!type.isWildcard() && !snapshot.isUnknown(type, name) && anew.remove(name)) {
            response.addRemovedResources(name);
          }
        } else if (isDue(resource, onlyNew)) {
          response.addResources(resource);
        }
      }
      if (response.getResourcesCount() > 0 || response.getRemovedResourcesCount() > 0 || waits) {
        waits = false;
        return Optional.of(send(response));
      }
      if (part == null) {
        return Optional.empty();
      }
    }
  }

  private boolean isDue(Resource resource, boolean onlyNew) {
    String name = resource.getName();
    String has = held.get(name);
    Refused one = refused.get(name);
    return asksFor(name)
        && (one == null || !one.version().equals(resource.getVersion()))
        && (anew.contains(name) || !resource.getVersion().equals(has))
        && !(onlyNew && has != null);
  }

  /** What the Envoy is to let go of, if anything is. It counts as sent. */
  Optional<DeltaDiscoveryResponse> removals(Map<String, Resource> desired) {
    if (pending != null || hasNothingElse(desired)) {
      return Optional.empty();
    }
    List<String> gone = held.keySet().stream().filter(name -> !desired.containsKey(name)).toList();
    return gone.isEmpty()
        ? Optional.empty()
        : Optional.of(send(DeltaDiscoveryResponse.newBuilder().addAllRemovedResources(gone)));
  }

  private DeltaDiscoveryResponse send(DeltaDiscoveryResponse.Builder response) {
    String nonce = Long.toString(++nonces);
    Map<String, String> given = new LinkedHashMap<>();
    for (Resource resource : response.getResourcesList()) {
      given.put(resource.getName(), resource.getVersion());
      anew.remove(resource.getName());
    }
    pending = new Sent(nonce, given, Set.copyOf(response.getRemovedResourcesList()));
    return response.setTypeUrl(type.typeUrl()).setNonce(nonce).build();
  }

  /** Whether the Envoy has acknowledged all that it is to hold. */
  boolean hasAll(Map<String, Resource> desired) {
    if (pending != null || waits) {
      return false;
    }
    if (desired != complete || !anew.isEmpty()) {
      for (Resource resource : desired.values()) {
        if (anew.contains(resource.getName())
            || !resource.getVersion().equals(held.get(resource.getName()))) {
          return false;
        }
      }
      complete = desired;
    }
    return true;
  }

  /** Whether it has nothing that is to be removed. */
  boolean hasNothingElse(Map<String, Resource> desired) {
    return !wildcard || held.size() == desired.size();
  }
}
