package colorteller.local;

import java.util.Map;

/**
 * Where one proxy lives on this machine. Whatever has a port of its own in a task has another here.
 *
 * @param admin the port of Envoy's admin interface, on 127.0.0.1
 * @param ingress of each listener's port, the one at which the Envoy takes what comes in for it
 * @param egress of each port of what it sends to, the one at which the Envoy takes what goes out
 * @param application of each listener's port, that of the application behind it; a gateway has none
 *     there
 */
record ProxyPorts(
    int admin,
    Map<Integer, Integer> ingress,
    Map<Integer, Integer> egress,
    Map<Integer, Integer> application) {}
