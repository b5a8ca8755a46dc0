using Audrey.Abstractions.Instances;
using Audrey.Gateway.Credentials;

namespace Audrey.Gateway.Version3;

/// <summary>A guest that was let in, for one request: it counts as worked on until this is disposed of.</summary>
internal sealed class VerifiedGuest(string uuid, GuestCredential credential, Admission admission, TimeProvider time, long began) : IDisposable
{
    private readonly GuestCredential _counted = credential;
    private long _began = began;
    private bool _waits;

    public string Uuid => uuid;

    public IGuestGrain Grain => Credential.Grain;

    /// <summary>What its secret was verified against last.</summary>
    public GuestCredential Credential { get; set; } = credential;

    /// <summary>The request waits: it is not worked on.</summary>
    public void Pause()
    {
        _waits = true;
        admission.Leave(time.GetElapsedTime(_began));
        _counted.End();
    }

    /// <summary>The request is worked on again.</summary>
    public void Resume()
    {
        _waits = false;
        _began = time.GetTimestamp();
        admission.Return();
        _counted.Begin();
    }

    public void Dispose()
    {
        if (!_waits) Pause();
    }
}
