package colorteller.local;

/**
 * Where one proxy lives on this machine.
 *
 * @param admin the port of Envoy's admin interface, on 127.0.0.1
 * @param ingress the port of its listener for what comes in
 * @param egress the port of its listener for what goes out
 * @param application the port of the application behind it; a gateway has none there
 */
record ProxyPorts(int admin, int ingress, int egress, int application) {}
