namespace Audrey.Protocol.Version3;

/// <summary>
/// The routes, headers and query parameters of version 3. <c>{uuid}</c> is the UUID of an instance, <c>{service}</c> the name of one of its
/// services.
/// </summary>
public static class Version3Routes
{
    /// <summary>The prefix of the path of every route.</summary>
    public const string Prefix = "/v3";

    /// <summary>GET: what the guest must do.</summary>
    public const string Hello = "/v3/instances/{uuid}/hello";

    /// <summary>PUT: reports that the guest is alive.</summary>
    public const string Heartbeat = "/v3/instances/{uuid}/heartbeat";

    /// <summary>PUT: values of provided parameters.</summary>
    public const string Values = "/v3/instances/{uuid}/values";

    /// <summary>PUT: facts about the guest for human readers.</summary>
    public const string Facts = "/v3/instances/{uuid}/facts";

    /// <summary>GET: the configuration. With <see cref="Wait"/>, waits for another revision.</summary>
    public const string Configuration = "/v3/instances/{uuid}/configuration";

    /// <summary>PUT: the revision of the configuration that the guest has applied.</summary>
    public const string Applied = "/v3/instances/{uuid}/applied";

    /// <summary>PUT: the state of a service.</summary>
    public const string Service = "/v3/instances/{uuid}/services/{service}";

    /// <summary>GET: the tarball of executables and files.</summary>
    public const string Tarball = "/v3/instances/{uuid}/tarball";

    /// <summary>GET: the status of an instance, for its conductor.</summary>
    public const string Report = "/v3/instances/{uuid}/report";

    /// <summary>GET: the deployables of a conductor, page by page.</summary>
    public const string Deployables = "/v3/deployables";

    /// <summary>PUT: registers a whole deployable. GET: its status. DELETE: deletes it with its instances.</summary>
    public const string Deployable = "/v3/deployables/{deployable}";

    /// <summary>PUT: the number of instances in a group.</summary>
    public const string Group = "/v3/deployables/{deployable}/groups/{group}";

    /// <summary>PUT: the secret of an instance. A different secret replaces the instance.</summary>
    public const string Member = "/v3/deployables/{deployable}/instances/{uuid}";

    /// <summary>
    /// GET: the events of a deployable, as a page or as a stream of server-sent events. They are available for a while after its deletion.
    /// </summary>
    public const string Events = "/v3/deployables/{deployable}/events";

    /// <summary>Header of GET <see cref="Events"/>: the number of the last event that the client received.</summary>
    public const string LastEventIdHeader = "Last-Event-ID";

    /// <summary>
    /// Query parameter of GET <see cref="Deployables"/> and <see cref="Events"/>: where to continue, from the previous page.
    /// </summary>
    public const string After = "after";

    /// <summary>Header of an answer: the number of seconds after which the guest should call next. Decimal, not negative.</summary>
    public const string NextCallHeader = "Audrey-Next-Call";

    /// <summary>
    /// Query parameter of GET <see cref="Configuration"/>: the duration of the long poll, such as <c>30s</c> or <c>30</c>.
    /// </summary>
    public const string Wait = "wait";
}
