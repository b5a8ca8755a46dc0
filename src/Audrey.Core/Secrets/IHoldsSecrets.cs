namespace Audrey.Core.Secrets;

/// <summary>A durable state that may hold secrets. While it does, its row is encrypted.</summary>
public interface IHoldsSecrets
{
    /// <summary>Whether it holds one now. Asked at every write, so it is known without a search.</summary>
    bool HoldsSecrets { get; }
}
