package colorteller.standin;

import colorteller.mesh.Fault;

/**
 * One stand-in application.
 *
 * @param node the virtual node behind which it stands
 * @param port the port of the node's listener, as the template has it
 * @param protocol what it speaks
 * @param fault how it fails where a request does not say
 */
public record StandIn(String node, int port, Protocol protocol, Fault fault) {

  /** What an application speaks, and nothing else: who speaks otherwise to it is refused. */
  public enum Protocol {
    /** HTTP/1.1. */
    HTTP,
    /** HTTP/2 without TLS, gRPC included. */
    HTTP2,
    /** HTTP of any version: what stands behind TCP and has its health checked by HTTP or gRPC. */
    ANY_HTTP,
    /** It answers the first bytes with a line, and gives all bytes back. */
    TCP
  }
}
