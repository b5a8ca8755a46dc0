namespace Audrey.Core.Secrets;

/// <summary>A durable state that can hold secrets. The row is encrypted while the state holds a secret.</summary>
public interface IHoldsSecrets
{
    /// <summary>Whether the state currently holds a secret. This property is read at every write, so it must be cheap.</summary>
    bool HoldsSecrets { get; }
}
