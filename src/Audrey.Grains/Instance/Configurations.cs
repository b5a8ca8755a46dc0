using System.Text;
using System.Text.Json;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Protocol.Version3;

namespace Audrey.Grains.Instance;

/// <summary>
/// The configuration as guests of version 3 get it, with its revision. A revision is a digest of what a guest would act upon, keyed with
/// the instance's secret because it is shown in reports: so it is the same after a restart, on every silo, and tells nothing of values.
/// </summary>
internal sealed class Configurations(LiveInstance live)
{
    private const int RevisionLength = 2 * KeyedDigest.Bytes;
    private static readonly string NoRevision = new('0', RevisionLength);
    private static readonly int RevisionAt = """{"revision":"z""".Length - 1;

    private readonly KeyedDigest _digests = KeyedDigest.With(live.Config.Secret);
    private Dictionary<InstanceId, Presence> _presences = [];
    private long _heard = -1;
    private string _revision = "";
    private byte[]? _complete;

    /// <summary>The registration that this is the configuration of.</summary>
    public LiveInstance Live => live;

    /// <summary>When the presences of providers were asked for last, by <see cref="TimeProvider.GetTimestamp"/>; null: never.</summary>
    public long? PresencesAt { get; set; }

    /// <summary>The revision now.</summary>
    public string Revision
    {
        get
        {
            if (_heard != live.Required.Heard) Renew();
            return _revision;
        }
    }

    /// <summary>
    /// The configuration now. A complete one is rendered once; an incomplete one whenever it is asked for, as it tells when providers were
    /// heard of.
    /// </summary>
    public ConfigurationAnswer Answer()
    {
        var revision = Revision;
        return _complete is not null
            ? new(true, revision, _complete)
            : new(false, revision, Serialized(Document(revision, ConfigurationParts.Full(live, _presences))));
    }

    /// <summary>The answer to who has the revision of now.</summary>
    public ConfigurationAnswer Unchanged() => new(live.Required.Complete, Revision, null);

    /// <summary>Takes when providers were heard of.</summary>
    public void Accept(IEnumerable<(InstanceId Id, Presence Presence)> presences) =>
        _presences = presences.ToDictionary(one => one.Id, one => one.Presence);

    private void Renew()
    {
        var body = live.Required.Complete
            ? CompleteConfiguration.Bytes(live, NoRevision)
            : Serialized(Document(NoRevision, ConfigurationParts.ToActUpon(live)));
        Span<byte> digest = stackalloc byte[KeyedDigest.Bytes];
        _digests.Of(body, digest);
        _revision = Convert.ToHexStringLower(digest);
        _complete = null;
        if (live.Required.Complete)
        {
            // What a guest would act upon is then all there is to say.
            Encoding.ASCII.GetBytes(_revision, body.AsSpan(RevisionAt));
            _complete = body;
        }

        _heard = live.Required.Heard;
    }

    private Configuration Document(string revision, IReadOnlyList<ServiceConfiguration> services) => new()
    {
        Revision = revision,
        Generation = live.Definition.Generation,
        Complete = live.Required.Complete,
        Services = services,
    };

    private static byte[] Serialized(Configuration document) => JsonSerializer.SerializeToUtf8Bytes(document, Version3Json.Default.Configuration);
}
