package colorteller.local;

import java.util.Map;

/**
 * Where one proxy lives on this machine.
 *
 * @param admin the port of Envoy's admin interface, on 127.0.0.1
 * @param listeners the local port of each listener, by its port on AWS
 * @param application the port of the application behind the proxy; 0 for a gateway
 */
record ProxyPorts(int admin, Map<Integer, Integer> listeners, int application) {

  int listener(int awsPort) {
    Integer port = listeners.get(awsPort);
    if (port == null) {
      throw new IllegalArgumentException("no listener on port " + awsPort);
    }
    return port;
  }
}
