namespace Audrey.Protocol.Versions;

/// <summary>
/// The route templates of versions 0 to 2. <c>{version}</c> is a number of <see cref="GuestVersions"/>. <c>{uuid}</c> is the UUID of an
/// instance. <c>{deployable}</c> is the id of a deployable. <c>{service}</c> is the name of a service. Each of them is one path segment,
/// which may contain any character except <c>/</c>.
/// </summary>
public static class Routes
{
    /// <summary>GET: the version, negotiated by the query parameter <see cref="ApiCompat"/>.</summary>
    public const string Version = "/version";

    /// <summary>GET: checks the signature of the request.</summary>
    public const string Auth = "/auth";

    /// <summary>POST: registers an instance. GET: the configurations of all its services.</summary>
    public const string Configs = "/configs/{version}/{uuid}";

    /// <summary>GET: the configuration of a service.</summary>
    public const string ServiceConfig = "/configs/{version}/{uuid}/{service}";

    /// <summary>GET: the names of parameters that have no value yet. PUT: values and exit statuses.</summary>
    public const string Params = "/params/{version}/{uuid}";

    /// <summary>GET, PUT: the tarball of an instance's executables and files.</summary>
    public const string Files = "/files/{version}/{uuid}";

    /// <summary>GET: the last known address of an instance.</summary>
    public const string Ip = "/ip/{version}/{uuid}";

    /// <summary>DELETE: deletes a deployable with all its instances.</summary>
    public const string Deployment = "/deployment/{version}/{deployable}";

    /// <summary>GET: the report on a deployable.</summary>
    public const string DeploymentReport = "/reports/{version}/deployment/{deployable}";

    /// <summary>GET: the report on an instance.</summary>
    public const string InstanceReport = "/reports/{version}/instance/{uuid}";

    /// <summary>The query parameter of <see cref="Version"/>: versions joined by <c>-</c>.</summary>
    public const string ApiCompat = "api_compat";

    /// <summary>The form field of POST <see cref="Configs"/>: the instance config's XML.</summary>
    public const string DataField = "data";

    /// <summary>The form field of PUT <see cref="Params"/>.</summary>
    public const string AudreyDataField = "audrey_data";

    /// <summary>The multipart field of PUT <see cref="Files"/>: the tarball.</summary>
    public const string FileField = "file";
}
