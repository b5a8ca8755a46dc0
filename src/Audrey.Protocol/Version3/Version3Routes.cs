namespace Audrey.Protocol.Version3;

/// <summary>
/// The routes, headers and query parameters of version 3. <c>{uuid}</c> is the UUID of an instance. <c>{service}</c> is the name of one of
/// its services.
/// </summary>
public static class Version3Routes
{
    /// <summary>The prefix of the path of every route.</summary>
    public const string Prefix = "/v3";

    /// <summary>GET: the instructions for the guest.</summary>
    public const string Hello = "/v3/instances/{uuid}/hello";

    /// <summary>PUT: reports that the guest is alive.</summary>
    public const string Heartbeat = "/v3/instances/{uuid}/heartbeat";

    /// <summary>GET: the current secret of the instance, for its guest.</summary>
    public const string GuestSecret = "/v3/instances/{uuid}/secret";

    /// <summary>PUT: values of provided parameters.</summary>
    public const string Values = "/v3/instances/{uuid}/values";

    /// <summary>
    /// PUT: facts about the guest for human readers. GET: the facts about the machine that its agents have reported, for the conductor.
    /// </summary>
    public const string Facts = "/v3/instances/{uuid}/facts";

    /// <summary>GET: the configuration. With <see cref="Wait"/>, waits for another revision.</summary>
    public const string Configuration = "/v3/instances/{uuid}/configuration";

    /// <summary>PUT: the revision of the configuration that the guest has applied.</summary>
    public const string Applied = "/v3/instances/{uuid}/applied";

    /// <summary>GET: the address of the message bus, for conductors.</summary>
    public const string Bus = "/v3/bus";

    /// <summary>PUT: the state of a service.</summary>
    public const string Service = "/v3/instances/{uuid}/services/{service}";

    /// <summary>GET: the tarball of executables and files.</summary>
    public const string Tarball = "/v3/instances/{uuid}/tarball";

    /// <summary>GET: the status of an instance, for its conductor.</summary>
    public const string Report = "/v3/instances/{uuid}/report";

    /// <summary>GET: the deployables of a conductor, page by page.</summary>
    public const string Deployables = "/v3/deployables";

    /// <summary>
    /// PUT: registers a whole deployable. GET: returns the status of the deployable. DELETE: deletes the deployable with its instances.
    /// </summary>
    public const string Deployable = "/v3/deployables/{deployable}";

    /// <summary>GET: the data of a deployable without its instances. The answer does not grow with the deployable.</summary>
    public const string Summary = "/v3/deployables/{deployable}/summary";

    /// <summary>GET: the statuses of the instances of a deployable, page by page.</summary>
    public const string Members = "/v3/deployables/{deployable}/instances";

    /// <summary>
    /// PUT: begins or continues the launch of a deployable of any size. DELETE: takes the launch back. <c>{digest}</c> identifies the
    /// launch.
    /// </summary>
    public const string Launch = "/v3/deployables/{deployable}/launches/{digest}";

    /// <summary>POST: registers some of the instances of a launch. The body has one JSON object on each line.</summary>
    public const string LaunchInstances = "/v3/deployables/{deployable}/launches/{digest}/instances";

    /// <summary>POST: ends a launch after all its instances were registered.</summary>
    public const string LaunchSeal = "/v3/deployables/{deployable}/launches/{digest}/seal";

    /// <summary>
    /// POST: compares the registered deployable with the one in the body, which has the form of PUT <see cref="Deployable"/>. Changes
    /// nothing. Viewers cannot call it.
    /// </summary>
    public const string Differences = "/v3/deployables/{deployable}/differences";

    /// <summary>PUT: begins to scale a group. GET: the state of the last scaling of the group.</summary>
    public const string Group = "/v3/deployables/{deployable}/groups/{group}";

    /// <summary>
    /// GET: the instances that the last scaling of the group added, with their secrets, page by page. Viewers cannot call it.
    /// </summary>
    public const string GroupAdded = "/v3/deployables/{deployable}/groups/{group}/added";

    /// <summary>GET: the UUIDs of the instances that the last scaling of the group removed, page by page.</summary>
    public const string GroupRemoved = "/v3/deployables/{deployable}/groups/{group}/removed";

    /// <summary>
    /// PUT: begins to hand a deployable to another conductor. GET: the owner. Only administrators can call it, for the deployables of all
    /// conductors.
    /// </summary>
    public const string Owner = "/v3/deployables/{deployable}/owner";

    /// <summary>PUT: sets the secret of an instance. If the secret differs from the current one, the instance is replaced.</summary>
    public const string Member = "/v3/deployables/{deployable}/instances/{uuid}";

    /// <summary>PUT: registers one instance.</summary>
    public const string Definition = "/v3/deployables/{deployable}/instances/{uuid}/definition";

    /// <summary>POST: replaces an instance by a new one, whose secret the server creates.</summary>
    public const string Replacement = "/v3/deployables/{deployable}/instances/{uuid}/replacement";

    /// <summary>POST: gives an instance a new secret. Its values and statuses stay.</summary>
    public const string MemberSecret = "/v3/deployables/{deployable}/instances/{uuid}/secret";

    /// <summary>POST: runs a failed service of an instance again, or all its failed services.</summary>
    public const string Retry = "/v3/deployables/{deployable}/instances/{uuid}/retry";

    /// <summary>
    /// GET: the events of a deployable, as a page or as a stream of server-sent events. The events are available for some time after the
    /// deployable is deleted.
    /// </summary>
    public const string Events = "/v3/deployables/{deployable}/events";

    /// <summary>GET: the conductors' credentials that were added. Only administrators can call this route and the next two.</summary>
    public const string Conductors = "/v3/conductors";

    /// <summary>PUT: adds a conductor's credential. DELETE: revokes it.</summary>
    public const string Conductor = "/v3/conductors/{conductor}";

    /// <summary>POST: gives a conductor a new secret.</summary>
    public const string ConductorSecret = "/v3/conductors/{conductor}/secret";

    /// <summary>GET: the audit trail, page by page. Only administrators can call it.</summary>
    public const string Audit = "/v3/audit";

    /// <summary>
    /// Header of a command: a string that identifies the command. A command that is repeated with the same string is carried out only once.
    /// </summary>
    public const string IdempotencyKeyHeader = "Idempotency-Key";

    /// <summary>The media type of the body of POST <see cref="LaunchInstances"/>.</summary>
    public const string JsonLines = "application/x-ndjson";

    /// <summary>Header of GET <see cref="Events"/>: the number of the last event that the client received.</summary>
    public const string LastEventIdHeader = "Last-Event-ID";

    /// <summary>
    /// Query parameter of every GET that answers page by page: the position at which the page begins. The answer with the previous page
    /// contains this position.
    /// </summary>
    public const string After = "after";

    /// <summary>
    /// Header of an answer: the number of seconds after which the guest should call next. A decimal number, never negative.
    /// </summary>
    public const string NextCallHeader = "Audrey-Next-Call";

    /// <summary>
    /// Header of an answer to a guest that uses its previous secret: the number of the current secret. The guest should GET
    /// <see cref="GuestSecret"/>.
    /// </summary>
    public const string NewSecretHeader = "Audrey-New-Secret";

    /// <summary>
    /// Query parameter of GET <see cref="Configuration"/>: the duration of the long poll, such as <c>30s</c> or <c>30</c>.
    /// </summary>
    public const string Wait = "wait";
}
