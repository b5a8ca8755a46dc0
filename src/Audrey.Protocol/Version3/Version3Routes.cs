namespace Audrey.Protocol.Version3;

/// <summary>The routes of version 3 and the headers it speaks of. <c>{uuid}</c> is an instance's UUID, <c>{service}</c> the name of one of its services.</summary>
public static class Version3Routes
{
    /// <summary>What the path of every route begins with.</summary>
    public const string Prefix = "/v3";

    /// <summary>GET: what the guest is to do.</summary>
    public const string Hello = "/v3/instances/{uuid}/hello";

    /// <summary>PUT: that the guest is alive, and nothing else.</summary>
    public const string Heartbeat = "/v3/instances/{uuid}/heartbeat";

    /// <summary>PUT: values of provided parameters.</summary>
    public const string Values = "/v3/instances/{uuid}/values";

    /// <summary>PUT: facts about the guest, for people.</summary>
    public const string Facts = "/v3/instances/{uuid}/facts";

    /// <summary>GET: the configuration; waits for a newer one when asked to.</summary>
    public const string Configuration = "/v3/instances/{uuid}/configuration";

    /// <summary>PUT: which revision of the configuration the guest has applied.</summary>
    public const string Applied = "/v3/instances/{uuid}/applied";

    /// <summary>PUT: how far a service is.</summary>
    public const string Service = "/v3/instances/{uuid}/services/{service}";

    /// <summary>GET: the tarball of executables and files.</summary>
    public const string Tarball = "/v3/instances/{uuid}/tarball";

    /// <summary>GET: how an instance stands, for its conductor.</summary>
    public const string Report = "/v3/instances/{uuid}/report";

    /// <summary>GET: a conductor's deployables, page by page.</summary>
    public const string Deployables = "/v3/deployables";

    /// <summary>PUT: registers a whole deployable; GET: how it stands; DELETE: deletes it with its instances.</summary>
    public const string Deployable = "/v3/deployables/{deployable}";

    /// <summary>PUT: how many instances a group has.</summary>
    public const string Group = "/v3/deployables/{deployable}/groups/{group}";

    /// <summary>PUT: an instance's secret; with another one the instance is replaced.</summary>
    public const string Member = "/v3/deployables/{deployable}/instances/{uuid}";

    /// <summary>GET: what happened in a deployable, as a page or as a stream of server-sent events; also for a while after its deletion.</summary>
    public const string Events = "/v3/deployables/{deployable}/events";

    /// <summary>Header of GET <see cref="Events"/>: the number of the last event that was received.</summary>
    public const string LastEventIdHeader = "Last-Event-ID";

    /// <summary>Query parameter of GET <see cref="Deployables"/> and <see cref="Events"/>: where to go on, as the page before said.</summary>
    public const string After = "after";

    /// <summary>Header of an answer: seconds after which the guest should call next; decimal, not negative.</summary>
    public const string NextCallHeader = "Audrey-Next-Call";

    /// <summary>Query parameter of GET <see cref="Configuration"/>: how long to wait for something newer, such as <c>30s</c> or <c>30</c>.</summary>
    public const string Wait = "wait";
}
