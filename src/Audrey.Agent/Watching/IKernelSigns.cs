using Audrey.Agent.Facts;

namespace Audrey.Agent.Watching;

/// <summary>Tells the classes of the signs of the kernel.</summary>
internal interface IKernelSigns
{
    /// <summary>
    /// Puts these signs into the inbox from now on, and no others. Returns whether there is a file or folder in a place that was not
    /// followed before.
    /// </summary>
    bool Follow(SignInbox inbox, ChangeSigns signs);
}
