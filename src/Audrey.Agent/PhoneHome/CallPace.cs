using Audrey.Agent.Running;

namespace Audrey.Agent.PhoneHome;

/// <summary>When the server may be called next, as it says or as is decent.</summary>
internal sealed class CallPace(TimeProvider time, IPause pause)
{
    private DateTimeOffset _notBefore;

    /// <summary>Not before that time has passed; null: whenever.</summary>
    public void Obey(TimeSpan? asked)
    {
        if (asked is { } wait && time.GetUtcNow() + wait is var then && then > _notBefore) _notBefore = then;
    }

    /// <summary>Waits until it may be called.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var left = _notBefore - time.GetUtcNow();
        _notBefore = default;
        if (left > TimeSpan.Zero) await pause.WaitAsync(left, cancellationToken);
    }

    /// <summary>The call that follows is one that waits.</summary>
    public void Rest() => pause.Rest();
}
