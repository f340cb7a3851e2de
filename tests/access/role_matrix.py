"""Who gets what at which address: default deny, as a table that people read.

To add a route, add a line to the table of its app: the route's name, the method, then one cell a
visitor. ``test_role_matrix.py`` fails for a route or method of the URL resolver that has no line
here, for a line without a route, and for every cell that isn't so. An address with ids in it needs
an entry in ``OBJECTS`` of ``objects.py``; ``test_strangers.py`` then also asks for it with another
tenant's id.

Visitors: anonymous; stranger (an admin of Globex, at Acme's addresses); Acme's admin, network,
billing and read_only; the provider's operator and finance; acting (the operator acting for Acme).
At ``/api/v1/`` the people of tenants come with a token, the provider's with a session.

Cells: ``yes`` the gate opens (the answer is below 400, or refuses the empty body that the test
sends: 400, 409, 412, 422); ``in`` is sent to sign in (a page redirects, the API answers 401);
``403``, ``404``, ``405`` are answered as such; ``-`` is not asked (an endless stream).
"""

COLUMNS = (
    *("anonymous", "stranger"),
    *("admin", "network", "billing", "read_only"),
    *("operator", "finance", "acting"),
)

# allauth's views do not ask who comes: they are the way in.
ACCOUNTS = """
#                                          anon str  adm  net  bil  ro   op   fin  acting
account_login                        GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
account_login                        POST  yes  yes  yes  yes  yes  yes  yes  yes  yes
account_logout                       GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
account_logout                       POST  yes  yes  yes  yes  yes  yes  yes  yes  yes
account_inactive                     GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
account_signup                       GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
account_signup                       POST  yes  yes  yes  yes  yes  yes  yes  yes  yes
account_reauthenticate               GET   in   yes  yes  yes  yes  yes  yes  yes  yes
account_reauthenticate               POST  in   yes  yes  yes  yes  yes  yes  yes  yes
account_change_password              GET   in   yes  yes  yes  yes  yes  yes  yes  yes
account_change_password              POST  in   yes  yes  yes  yes  yes  yes  yes  yes
account_set_password                 GET   in   yes  yes  yes  yes  yes  yes  yes  yes
account_set_password                 POST  in   yes  yes  yes  yes  yes  yes  yes  yes
account_reset_password               GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
account_reset_password               POST  yes  yes  yes  yes  yes  yes  yes  yes  yes
account_reset_password_done          GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
account_reset_password_from_key      GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
account_reset_password_from_key      POST  yes  yes  yes  yes  yes  yes  yes  yes  yes
account_reset_password_from_key_done GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
schema                               GET   yes  yes  yes  yes  yes  yes  yes  yes  yes
"""

TENANTS = """
#                                          anon str  adm  net  bil  ro   op   fin  acting
tenants:home                         GET   in   yes  yes  yes  yes  yes  yes  yes  yes
tenants:people                       GET   in   404  yes  yes  yes  yes  404  404  yes
tenants:people                       POST  in   404  yes  403  403  403  404  404  yes
tenants:member_role                  POST  in   404  yes  403  403  403  404  404  yes
tenants:member_remove                POST  in   404  yes  403  403  403  404  404  yes
tenants:tokens                       GET   in   404  yes  403  403  403  404  404  yes
tenants:tokens                       POST  in   404  yes  403  403  403  404  404  yes
tenants:token_revoke                 POST  in   404  yes  403  403  403  404  404  yes
tenants:audit                        GET   in   404  yes  yes  403  yes  404  404  yes
tenants:staff_audit                  GET   in   403  403  403  403  403  yes  yes  yes
tenants:act                          GET   in   403  403  403  403  403  yes  403  yes
tenants:act                          POST  in   403  403  403  403  403  yes  403  yes
tenants:stop_acting                  POST  in   403  403  403  403  403  yes  403  yes
tenants_api:me                       GET   in   yes  yes  yes  yes  yes  yes  yes  yes
tenants_api:people                   GET   in   404  yes  yes  yes  yes  404  404  yes
tenants_api:people                   POST  in   404  yes  403  403  403  404  404  yes
tenants_api:member                   GET   in   404  yes  yes  yes  yes  404  404  yes
tenants_api:member                   PATCH in   404  yes  403  403  403  404  404  yes
tenants_api:member                   DELETE in  404  yes  403  403  403  404  404  yes
tenants_api:tokens                   GET   in   404  yes  403  403  403  404  404  yes
tenants_api:tokens                   POST  in   404  yes  403  403  403  404  404  yes
tenants_api:token                    GET   in   404  yes  403  403  403  404  404  yes
tenants_api:token                    DELETE in  404  yes  403  403  403  404  404  yes
tenants_api:audit                    GET   in   404  yes  yes  403  yes  404  404  yes
"""

# Pages of networking.
NETWORKING = """
#                                          anon str  adm  net  bil  ro   op   fin  acting
networking:network_list              GET   in   404  yes  yes  yes  yes  404  404  yes
networking:network_create            GET   in   404  yes  yes  403  403  404  404  yes
networking:network_create            POST  in   404  yes  yes  403  403  404  404  yes
networking:network_detail            GET   in   404  yes  yes  yes  yes  404  404  yes
networking:network_update            GET   in   404  yes  yes  403  403  404  404  yes
networking:network_update            POST  in   404  yes  yes  403  403  404  404  yes
networking:network_delete            GET   in   404  yes  yes  403  403  404  404  yes
networking:network_delete            POST  in   404  yes  yes  403  403  404  404  yes
networking:port_list                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking:port_create               GET   in   404  yes  yes  403  403  404  404  yes
networking:port_create               POST  in   404  yes  yes  403  403  404  404  yes
networking:port_detail               GET   in   404  yes  yes  yes  yes  404  404  yes
networking:port_update               GET   in   404  yes  yes  403  403  404  404  yes
networking:port_update               POST  in   404  yes  yes  403  403  404  404  yes
networking:port_delete               GET   in   404  yes  yes  403  403  404  404  yes
networking:port_delete               POST  in   404  yes  yes  403  403  404  404  yes
networking:group_list                GET   in   404  yes  yes  yes  yes  404  404  yes
networking:group_create              GET   in   404  yes  yes  403  403  404  404  yes
networking:group_create              POST  in   404  yes  yes  403  403  404  404  yes
networking:group_detail              GET   in   404  yes  yes  yes  yes  404  404  yes
networking:group_update              GET   in   404  yes  yes  403  403  404  404  yes
networking:group_update              POST  in   404  yes  yes  403  403  404  404  yes
networking:group_delete              GET   in   404  yes  yes  403  403  404  404  yes
networking:group_delete              POST  in   404  yes  yes  403  403  404  404  yes
networking:network_default           GET   in   404  yes  yes  403  403  404  404  yes
networking:network_default           POST  in   404  yes  yes  403  403  404  404  yes
networking:rule_list                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking:rule_create               GET   in   404  yes  yes  403  403  404  404  yes
networking:rule_create               POST  in   404  yes  yes  403  403  404  404  yes
networking:rule_export               GET   in   404  yes  yes  yes  yes  404  404  yes
networking:rule_import               GET   in   404  yes  yes  403  403  404  404  yes
networking:rule_import               POST  in   404  yes  yes  403  403  404  404  yes
networking:rule_detail               GET   in   404  yes  yes  yes  yes  404  404  yes
networking:rule_update               GET   in   404  yes  yes  403  403  404  404  yes
networking:rule_update               POST  in   404  yes  yes  403  403  404  404  yes
networking:rule_delete               GET   in   404  yes  yes  403  403  404  404  yes
networking:rule_delete               POST  in   404  yes  yes  403  403  404  404  yes
networking:rule_act                  POST  in   404  yes  yes  403  403  404  404  yes
networking:reach                     GET   in   404  yes  yes  yes  yes  404  404  yes
networking:vip_list                  GET   in   404  yes  yes  yes  yes  404  404  yes
networking:vip_create                GET   in   404  yes  yes  403  403  404  404  yes
networking:vip_create                POST  in   404  yes  yes  403  403  404  404  yes
networking:vip_detail                GET   in   404  yes  yes  yes  yes  404  404  yes
networking:vip_update                GET   in   404  yes  yes  403  403  404  404  yes
networking:vip_update                POST  in   404  yes  yes  403  403  404  404  yes
networking:vip_delete                GET   in   404  yes  yes  403  403  404  404  yes
networking:vip_delete                POST  in   404  yes  yes  403  403  404  404  yes
networking:site_list                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking:site_detail               GET   in   404  yes  yes  yes  yes  404  404  yes
networking:change_list               GET   in   404  yes  yes  yes  yes  404  404  yes
networking:change_detail             GET   in   404  yes  yes  yes  yes  404  404  yes
networking:change_revert             GET   in   404  yes  yes  403  403  404  404  yes
networking:change_revert             POST  in   404  yes  yes  403  403  404  404  yes
"""


NETWORKING_API = """
#                                          anon str  adm  net  bil  ro   op   fin  acting
networking_api:allowed_prefixes      GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:change                GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:change_revert         POST  in   404  yes  yes  403  403  404  404  yes
networking_api:changes               GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:free_prefixes         GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:group                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:group                 PATCH in   404  yes  yes  403  403  404  404  yes
networking_api:group                 DELETE in  404  yes  yes  403  403  404  404  yes
networking_api:group_members         GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:groups                GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:groups                POST  in   404  yes  yes  403  403  404  404  yes
networking_api:network               GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:network               PATCH in   404  yes  yes  403  403  404  404  yes
networking_api:network               DELETE in  404  yes  yes  403  403  404  404  yes
networking_api:networks              GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:networks              POST  in   404  yes  yes  403  403  404  404  yes
networking_api:port                  GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:port                  PATCH in   404  yes  yes  403  403  404  404  yes
networking_api:port                  DELETE in  404  yes  yes  403  403  404  404  yes
networking_api:ports                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:ports                 POST  in   404  yes  yes  403  403  404  404  yes
networking_api:reach                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:regions               GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:rule                  GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:rule                  PATCH in   404  yes  yes  403  403  404  404  yes
networking_api:rule                  DELETE in  404  yes  yes  403  403  404  404  yes
networking_api:rule_copy             POST  in   404  yes  yes  403  403  404  404  yes
networking_api:rule_move             POST  in   404  yes  yes  403  403  404  404  yes
networking_api:rules                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:rules                 POST  in   404  yes  yes  403  403  404  404  yes
networking_api:rules_csv             GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:rules_csv             PUT   in   404  yes  yes  403  403  404  404  yes
networking_api:site                  GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:sites                 GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:vip                   GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:vip                   PATCH in   404  yes  yes  403  403  404  404  yes
networking_api:vip                   DELETE in  404  yes  yes  403  403  404  404  yes
networking_api:vip_members           GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:vips                  GET   in   404  yes  yes  yes  yes  404  404  yes
networking_api:vips                  POST  in   404  yes  yes  403  403  404  404  yes
"""

# What spans the apps: dashboard, customers, regions, event streams.
PORTAL = """
#                                          anon str  adm  net  bil  ro   op   fin  acting
portal:dashboard                     GET   in   404  yes  yes  yes  yes  404  404  yes
portal:events                        GET   in   404  -    -    -    -    404  404  -
portal:overview                      GET   in   403  403  403  403  403  yes  yes  yes
portal:customer_list                 GET   in   403  403  403  403  403  yes  yes  yes
portal:customer_create               GET   in   403  403  403  403  403  yes  403  yes
portal:customer_create               POST  in   403  403  403  403  403  yes  403  yes
portal:customer_detail               GET   in   403  403  403  403  403  yes  yes  yes
portal:customer_changes              GET   in   403  403  403  403  403  yes  yes  yes
portal:customer_rename               POST  in   403  403  403  403  403  yes  403  yes
portal:customer_state                POST  in   403  403  403  403  403  yes  403  yes
portal:prefix_add                    POST  in   403  403  403  403  403  yes  403  yes
portal:prefix_remove                 POST  in   403  403  403  403  403  yes  403  yes
portal:attachment_claim              POST  in   403  403  403  403  403  yes  403  yes
portal:attachment_release            GET   in   403  403  403  403  403  yes  403  yes
portal:attachment_release            POST  in   403  403  403  403  403  yes  403  yes
portal:site_create                   GET   in   403  403  403  403  403  yes  403  yes
portal:site_create                   POST  in   403  403  403  403  403  yes  403  yes
portal:site_edit                     GET   in   403  403  403  403  403  yes  403  yes
portal:site_edit                     POST  in   403  403  403  403  403  yes  403  yes
portal:site_delete                   GET   in   403  403  403  403  403  yes  403  yes
portal:site_delete                   POST  in   403  403  403  403  403  yes  403  yes
portal:region_list                   GET   in   403  403  403  403  403  yes  403  yes
portal:fabric_detail                 GET   in   403  403  403  403  403  yes  403  yes
portal:router_detail                 GET   in   403  403  403  403  403  yes  403  yes
portal:alert_list                    GET   in   403  403  403  403  403  yes  403  yes
portal:staff_events                  GET   in   403  403  403  403  403  -    403  -
"""

PORTAL_API = """
#                                          anon str  adm  net  bil  ro   op   fin  acting
portal_api:customers                 GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customers                 POST  in   403  403  403  403  403  yes  403  yes
portal_api:customer                  GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customer                  PATCH in   403  403  403  403  403  yes  403  yes
portal_api:customer_changes          GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customer_change           GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customer_prefixes         GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customer_prefixes         POST  in   403  403  403  403  403  yes  403  yes
portal_api:customer_prefix           DELETE in   403  403  403  403  403  yes  403  yes
portal_api:customer_attachments      GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customer_attachments      POST  in   403  403  403  403  403  yes  403  yes
portal_api:customer_attachment       DELETE in   403  403  403  403  403  yes  403  yes
portal_api:customer_sites            GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customer_sites            POST  in   403  403  403  403  403  yes  403  yes
portal_api:customer_site             GET   in   403  403  403  403  403  yes  yes  yes
portal_api:customer_site             PATCH in   403  403  403  403  403  yes  403  yes
portal_api:customer_site             DELETE in   403  403  403  403  403  yes  403  yes
portal_api:regions                   GET   in   403  403  403  403  403  yes  403  yes
"""

# What was used and what it costs: a customer's own, and everybody's for the provider's finance.
BILLING = """
#                                          anon str  adm  net  bil  ro   op   fin  acting
billing:spend                        GET   in   404  yes  403  yes  403  404  404  yes
billing:statement                    GET   in   404  yes  403  yes  403  404  404  yes
billing:statement_csv                GET   in   404  yes  403  yes  403  404  404  yes
billing:month                        GET   in   403  403  403  403  403  403  yes  403
billing:month_csv                    GET   in   403  403  403  403  403  403  yes  403
billing:customer                     GET   in   403  403  403  403  403  403  yes  403
billing:customer_statement           GET   in   403  403  403  403  403  403  yes  403
billing:customer_csv                 GET   in   403  403  403  403  403  403  yes  403
billing:plan_list                    GET   in   403  403  403  403  403  403  yes  403
billing:plan_create                  GET   in   403  403  403  403  403  403  yes  403
billing:plan_create                  POST  in   403  403  403  403  403  403  yes  403
billing:plan_detail                  GET   in   403  403  403  403  403  403  yes  403
billing:plan_detail                  POST  in   403  403  403  403  403  403  yes  403
billing:version_detail               GET   in   403  403  403  403  403  403  yes  403
billing:version_update               GET   in   403  403  403  403  403  403  yes  403
billing:version_update               POST  in   403  403  403  403  403  403  yes  403
billing:version_preview              GET   in   403  403  403  403  403  403  yes  403
billing:version_publish              GET   in   403  403  403  403  403  403  yes  403
billing:version_publish              POST  in   403  403  403  403  403  403  yes  403
billing:version_discard              POST  in   403  403  403  403  403  403  yes  403
billing:subscription_list            GET   in   403  403  403  403  403  403  yes  403
billing:subscription_update          GET   in   403  403  403  403  403  403  yes  403
billing:subscription_update          POST  in   403  403  403  403  403  403  yes  403
billing_api:statement                GET   in   404  yes  403  yes  403  404  404  yes
billing_api:tenant_usage             GET   in   404  yes  403  yes  403  404  404  yes
billing_api:usage                    GET   in   403  403  403  403  403  403  yes  403
billing_api:customer_statement       GET   in   403  403  403  403  403  403  yes  403
billing_api:plans                    GET   in   403  403  403  403  403  403  yes  403
billing_api:plans                    POST  in   403  403  403  403  403  403  yes  403
billing_api:plan                     GET   in   403  403  403  403  403  403  yes  403
billing_api:versions                 POST  in   403  403  403  403  403  403  yes  403
billing_api:version                  GET   in   403  403  403  403  403  403  yes  403
billing_api:version                  PUT   in   403  403  403  403  403  403  yes  403
billing_api:version                  DELETE in   403  403  403  403  403  403  yes  403
billing_api:version_publish          POST  in   403  403  403  403  403  403  yes  403
billing_api:version_difference       GET   in   403  403  403  403  403  403  yes  403
billing_api:version_preview          GET   in   403  403  403  403  403  403  yes  403
billing_api:customer_subscriptions   GET   in   403  403  403  403  403  403  yes  403
billing_api:customer_subscriptions   POST  in   403  403  403  403  403  403  yes  403
"""

TABLES = (ACCOUNTS, TENANTS, NETWORKING, NETWORKING_API, BILLING, PORTAL, PORTAL_API)
