using System.Text;
using System.Text.Json;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Protocol.Version3;

namespace Audrey.Grains.Rendering;

/// <summary>
/// The configuration for guests of version 3, with its revision. The revision is a digest of the data that a guest would act upon, so it is
/// the same after a restart and on every silo. Reports show the revision. The digest is keyed with the instance's secret, so it does not
/// disclose the values.
/// </summary>
internal sealed class ConfigurationAnswers(RegisteredInstance instance)
{
    private const int RevisionLength = 2 * KeyedDigest.Bytes;
    private static readonly string NoRevision = new('0', RevisionLength);
    private static readonly int RevisionAt = """{"revision":"z""".Length - 1;


    /// <summary>
    /// The end of a complete configuration of a guest that stays. The digest is computed without it. So a server that knows it has the
    /// same revisions as one that does not, and what was applied before an upgrade is still the newest.
    /// </summary>
    private static ReadOnlySpan<byte> EndThatStays => ""","stay":true}"""u8;

    private readonly KeyedDigest _digests = KeyedDigest.FromSecret(instance.Config.Secret);
    private Dictionary<InstanceId, Presence> _presences = [];
    private TimeSpan? _presencesAt;
    private long _snapshotCount = -1;
    private string _revision = "";
    private byte[]? _complete;

    /// <summary>The registration that this configuration belongs to.</summary>
    public RegisteredInstance Instance => instance;

    /// <summary>The current configuration revision.</summary>
    public string Revision
    {
        get
        {
            if (_snapshotCount != instance.Required.SnapshotCount) Renew();
            return _revision;
        }
    }

    /// <summary>
    /// Returns the current configuration. A complete configuration is rendered once. An incomplete configuration is rendered for every
    /// request, because it states when providers were last heard from.
    /// </summary>
    public ConfigurationAnswer Answer()
    {
        var revision = Revision;
        return _complete is not null
            ? new(true, revision, _complete)
            : new(false, revision, Serialize(Document(revision, ConfigurationParts.Full(instance, _presences), instance.Config.Stays)));
    }

    /// <summary>Returns the answer to a guest that has the current revision.</summary>
    public ConfigurationAnswer Unchanged() => new(instance.Required.Complete, Revision, null);

    /// <summary>Returns whether the presences of providers should be read now. False if the presences were read very recently.</summary>
    public bool TryBeginPresences(TimeSpan interval, TimeSpan now)
    {
        if (_presencesAt is { } last && now - last < interval) return false;
        _presencesAt = now;
        return true;
    }

    /// <summary>Accepts the times at which providers were last heard from.</summary>
    public void Accept(IEnumerable<(InstanceId Id, Presence Presence)> presences) =>
        _presences = presences.ToDictionary(entry => entry.Id, entry => entry.Presence);

    private void Renew()
    {
        var body = instance.Required.Complete
            ? CompleteConfiguration.Render(instance, NoRevision)
            : Serialize(Document(NoRevision, ConfigurationParts.ToActUpon(instance)));
        Span<byte> digest = stackalloc byte[KeyedDigest.Bytes];
        _digests.Compute(body, digest);
        _revision = Convert.ToHexStringLower(digest);
        _complete = null;
        if (instance.Required.Complete)
        {
            // A complete configuration contains only data that a guest would act upon.
            Encoding.ASCII.GetBytes(_revision, body.AsSpan(RevisionAt));
            _complete = instance.Config.Stays ? [.. body.AsSpan()[..^1], .. EndThatStays] : body;
        }

        _snapshotCount = instance.Required.SnapshotCount;
    }

    private Configuration Document(string revision, IReadOnlyList<ServiceConfiguration> services, bool stay = false) => new()
    {
        Revision = revision,
        Generation = instance.Definition.Generation,
        Complete = instance.Required.Complete,
        Services = services,
        TarballSha256 = instance.Definition.UploadedTarball,
        LeaveBy = instance.Definition.LeaveBy,
        Stay = stay,
    };

    private static byte[] Serialize(Configuration document) =>
        JsonSerializer.SerializeToUtf8Bytes(document, Version3Json.Default.Configuration);
}
